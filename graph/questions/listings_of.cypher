// Every sanctions listing of one person.
// $person (person): the person, by any of the ids
// columns: record, person, authority, programme, list_date, delist_date, reason, sources[]
MATCH (:PersonRecord {thing: $person})-[:STATES]->(:Person)<-[:STATES]-(r:Listing)
RETURN DISTINCT r.id AS record, r.person_id AS person, r.authority AS authority, r.programme AS programme,
  r.list_date AS list_date, r.delist_date AS delist_date, r.reason_summary AS reason, r.sources AS sources
