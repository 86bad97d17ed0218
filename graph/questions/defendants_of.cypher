// Who was prosecuted in the cases in which one official took part, and in which role the official did.
// $person (person): the person, by any of the ids
// columns: record, official, role, basis, case, proceeding, defendant, sources[]
MATCH (:PersonRecord {thing: $person})-[:STATES]->(:Person)<-[:STATES]-(r:Involvement)
MATCH (k:CaseRecord) WHERE k.thing = r.case_id
RETURN DISTINCT r.id AS record, r.person_id AS official, r.role AS role, r.basis AS basis, r.case_id AS case,
  r.proceeding_id AS proceeding, k.person_id AS defendant, r.sources AS sources
