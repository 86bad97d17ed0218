// Who calls one person what, when, in which words.
// $person (person): the person, by any of the ids
// columns: record, person, category, by, date, quote, sources[]
MATCH (:PersonRecord {thing: $person})-[:STATES]->(:Person)<-[:STATES]-(r:Classification)
RETURN DISTINCT r.id AS record, r.person_id AS person, r.category AS category, r.by AS by, r.date AS date,
  r.quote AS quote, r.sources AS sources
