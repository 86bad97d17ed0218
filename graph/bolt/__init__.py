"""The Neo4j server: its model (`mapping`), connections, what is pushed (`parts`), pushing, and scripts of Cypher.

`graph.neo4j_store` is the face; the table of labels and types is `ontology/neo4j.csv`.
"""
