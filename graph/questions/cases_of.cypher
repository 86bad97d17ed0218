// Every case against one person, with its articles and its trial.
// $person (person): the person, by any of the ids
// columns: record, person, case, trial, title, articles[], arrest_date, status_text, sources[]
MATCH (:PersonRecord {thing: $person})-[:STATES]->(:Person)<-[:STATES]-(r:CaseRecord)
RETURN DISTINCT r.id AS record, r.person_id AS person, r.case_id AS case, r.trial_id AS trial, r.title AS title,
  coalesce(r.articles, []) AS articles, r.arrest_date AS arrest_date, r.status_text AS status_text, r.sources AS sources
