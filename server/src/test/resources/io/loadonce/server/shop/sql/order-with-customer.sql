-- The order with the name of its customer, and the sum of its pieces.
WITH pieces AS (
  SELECT order_id, sum(pieces) AS pieces FROM order_line GROUP BY order_id
)
SELECT o.id, o.day, c.name AS customer, p.pieces, o.version
FROM orders AS o
JOIN customer AS c ON c.id = o.customer_id
LEFT JOIN pieces AS p ON p.order_id = o.id
WHERE o.id IN (:ids);
