// Every involvement of one person: in which role, in what, when, and who says so.
// $person (person): the person, by any of the ids
// columns: record, person, role, basis, proceeding, case, institution, date, name_as_written, sources[]
MATCH (:PersonRecord {thing: $person})-[:STATES]->(:Person)<-[:STATES]-(r:Involvement)
RETURN DISTINCT r.id AS record, r.person_id AS person, r.role AS role, r.basis AS basis, r.proceeding_id AS proceeding,
  r.case_id AS case, r.body_id AS institution, r.date AS date, r.name_as_written AS name_as_written, r.sources AS sources
