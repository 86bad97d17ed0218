// Who recognised one person as a political prisoner or the like.
// $person (person): the person, by any of the ids
// columns: record, person, status, by, from, to, sources[]
MATCH (:PersonRecord {thing: $person})-[:STATES]->(:Person)<-[:STATES]-(r:Recognition)
RETURN DISTINCT r.id AS record, r.person_id AS person, r.status AS status, r.body AS by, r.from AS from, r.to AS to,
  r.sources AS sources
