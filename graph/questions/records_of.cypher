// Every record that describes one thing: its table, version, row, status and who says so.
// $thing (thing): a thing as dataset/id; a person and a case may share one, then both answer
// columns: record, table, version, row, status, visibility, confidence, sources[]
MATCH (r:Record {thing: $thing})
WITH r, CASE
  WHEN r:PersonRecord THEN 'people'
  WHEN r:InstitutionRecord THEN 'bodies'
  WHEN r:CaseRecord THEN 'cases'
  WHEN r:ProceedingRecord THEN 'proceedings'
  WHEN r:Involvement THEN 'roles'
  WHEN r:Tenure THEN 'tenures'
  WHEN r:Listing THEN 'sanctions'
  WHEN r:ListCheck THEN 'list_checks'
  WHEN r:ExchangeRecord THEN 'exchanges'
  WHEN r:ExchangeTransfer THEN 'exchange_participants'
  WHEN r:ExchangeMention THEN 'exchange_mentions'
  WHEN r:Classification THEN 'classifications'
  WHEN r:Recognition THEN 'recognitions'
  WHEN r:SourceRecord THEN 'sources'
  WHEN r:Citation THEN 'citations'
END AS table
RETURN DISTINCT r.id AS record, table AS table, r.version AS version, r.row AS row,
  CASE WHEN r:Recognition THEN 'accepted' ELSE r.status END AS status, r.visibility AS visibility, r.confidence AS confidence,
  coalesce(r.sources, []) AS sources
