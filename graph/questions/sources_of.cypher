// Every document behind what is said of one person: as such, in roles, cases, listings and so on.
// $person (person): the person, by any of the ids
// columns: source, url, title, publisher, published, lang, archive_url
MATCH (:PersonRecord {thing: $person})-[:STATES]->(p:Person)
MATCH (p)<-[:STATES]-(r:Record)-[:CITES]->(:Source)<-[:STATES]-(s:SourceRecord)
WHERE NOT r:Citation
RETURN DISTINCT s.thing AS source, s.url AS url, s.title AS title, s.publisher AS publisher, s.published AS published,
  s.lang AS lang, s.archive_url AS archive_url
