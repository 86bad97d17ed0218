// Everybody who ever had one role: in what, when, and who says so.
// $role (word:role): the role, as presiding_judge
// columns: record, person, role, basis, proceeding, case, date, sources[]
MATCH (r:Involvement) WHERE r.role = $role
RETURN DISTINCT r.id AS record, r.person_id AS person, r.role AS role, r.basis AS basis, r.proceeding_id AS proceeding,
  r.case_id AS case, r.date AS date, r.sources AS sources
