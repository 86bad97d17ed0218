// Everybody who was asked for, offered, refused or named for one exchange, released or not.
// $exchange (exchange): the deal
// columns: record, mention, person, name, kind, by[], date, quote, sources[]
MATCH (r:ExchangeMention {exchange_id: $exchange})
RETURN DISTINCT r.id AS record, r.mention_id AS mention, r.person_id AS person, r.name AS name, r.kind AS kind,
  coalesce(r.by, []) AS by, r.date AS date, r.quote AS quote, r.sources AS sources
