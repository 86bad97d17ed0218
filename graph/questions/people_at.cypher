// Everybody who had a role in a proceeding at one court, in which proceeding and role.
// $court (body): the court, by any of its ids
// columns: record, person, role, basis, proceeding, case, date, sources[]
MATCH (:InstitutionRecord {thing: $court})-[:STATES]->(b:Institution)
MATCH (b)<-[:STATES]-(c:InstitutionRecord)
MATCH (h:ProceedingRecord) WHERE h.body_id = c.thing
MATCH (r:Involvement) WHERE r.proceeding_id = h.proceeding_id
RETURN DISTINCT r.id AS record, r.person_id AS person, r.role AS role, r.basis AS basis, r.proceeding_id AS proceeding,
  r.case_id AS case, r.date AS date, r.sources AS sources
