// Everybody else who had a role in a proceeding in which one person had one.
// $person (person): the person, by any of the ids
// columns: record, person, role, basis, proceeding, case, sources[]
MATCH (:PersonRecord {thing: $person})-[:STATES]->(p:Person)<-[:STATES]-(own:Involvement)
MATCH (r:Involvement)-[:STATES]->(other:Person)
WHERE r.proceeding_id = own.proceeding_id AND other <> p
RETURN DISTINCT r.id AS record, r.person_id AS person, r.role AS role, r.basis AS basis, r.proceeding_id AS proceeding,
  r.case_id AS case, r.sources AS sources
