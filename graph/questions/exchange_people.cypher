// Everybody released in one exchange: by whom, received by whom.
// $exchange (exchange): the deal
// columns: record, exchange, person, released_by[], received_by[], custody_before, sources[]
MATCH (r:ExchangeTransfer {exchange_id: $exchange})
RETURN DISTINCT r.id AS record, r.exchange_id AS exchange, r.person_id AS person, coalesce(r.released_by, []) AS released_by,
  coalesce(r.received_by, []) AS received_by, r.custody_before AS custody_before, r.sources AS sources
