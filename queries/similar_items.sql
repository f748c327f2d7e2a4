-- name:     similar_items
-- question: Which items of one side form groups, which one is kept, and why?
-- params:   :side      TEXT  default any  cloud, local, or any
--           :relation  TEXT  default any  identical, thumbnail, raw_jpeg, burst, edited, ... or any
-- returns:  side, group_id, item_id, relation, is_keeper, path, reason
-- caveat:   shows what the last search for duplicates found (match --within); nothing is ever deleted
SELECT g.side, g.group_id, g.item_id, g.relation, g.is_keeper, g.path, g.reason
FROM duplicate_groups AS g
WHERE COALESCE(:side, 'any') IN ('any', g.side)
  AND (COALESCE(:relation, 'any') = 'any' OR EXISTS (
    SELECT 1 FROM duplicate_groups AS m
    WHERE m.side = g.side AND m.group_id = g.group_id AND m.relation = :relation))
ORDER BY g.side, g.group_id, g.is_keeper DESC, g.item_id;
