// Which posts one person held, where, from when to when.
// $person (person): the person, by any of the ids
// columns: record, person, institution, post, from, to, sources[]
MATCH (:PersonRecord {thing: $person})-[:STATES]->(:Person)<-[:STATES]-(r:Tenure)
RETURN DISTINCT r.id AS record, r.person_id AS person, r.body_id AS institution, r.post AS post, r.from AS from, r.to AS to,
  r.sources AS sources
