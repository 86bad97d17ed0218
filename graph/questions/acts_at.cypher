// Every proceeding at one court, with stage, date and outcome.
// $court (body): the court, by any of its ids
// columns: record, proceeding, case, court, stage, date, outcome, outcome_text, sentence_kind, sentence_months, sources[]
MATCH (:InstitutionRecord {thing: $court})-[:STATES]->(b:Institution)
MATCH (b)<-[:STATES]-(c:InstitutionRecord)
MATCH (r:ProceedingRecord) WHERE r.body_id = c.thing
RETURN DISTINCT r.id AS record, r.proceeding_id AS proceeding, r.case_id AS case, r.body_id AS court, r.stage AS stage,
  r.decision_date AS date, r.outcome AS outcome, r.outcome_text AS outcome_text, r.sentence_kind AS sentence_kind,
  r.sentence_months AS sentence_months, r.sources AS sources
