// What was judged about one person and others that are loaded: the same as, different from, or nobody can tell.
// $person (person): the person, by any of the ids
// columns: left, right, verdict, decided_on, why, evidence
MATCH (:PersonRecord {thing: $person})-[:STATES]->(:Person)<-[:SAME_AS]-(:Entry)<-[:LEFT|RIGHT]-(j:Judgement)
WHERE NOT EXISTS { (j)-[:LEFT|RIGHT]->(e:Entry) WHERE NOT (e)-[:SAME_AS]->() }
RETURN DISTINCT j.left AS left, j.right AS right, j.verdict AS verdict, j.decided_on AS decided_on, j.why AS why,
  j.evidence AS evidence
