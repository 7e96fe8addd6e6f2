-- Twelve tables of a shop. The one index that is missing is on review(customer_id).
CREATE TYPE order_state AS ENUM ('open', 'paid', 'sent');
CREATE TABLE tenant (id bigint PRIMARY KEY, name text NOT NULL, region char(2) NOT NULL);
CREATE TABLE category (id int PRIMARY KEY, parent_id int, name text NOT NULL);
CREATE TABLE product (
  sku text PRIMARY KEY, category_id int NOT NULL, name text NOT NULL, version bigint NOT NULL);
CREATE TABLE price (
  tenant_id bigint, sku text, amount numeric(12, 2) NOT NULL, PRIMARY KEY (tenant_id, sku));
CREATE TABLE warehouse (id smallint PRIMARY KEY, city text NOT NULL);
CREATE TABLE stock (
  warehouse_id smallint, sku text, pieces int NOT NULL, PRIMARY KEY (warehouse_id, sku));
CREATE TABLE customer (id uuid PRIMARY KEY, name text NOT NULL, email text NOT NULL UNIQUE);
CREATE TABLE address (
  id bigint PRIMARY KEY, customer_id uuid NOT NULL, street text NOT NULL, city text NOT NULL);
CREATE TABLE orders (
  id bigint PRIMARY KEY, customer_id uuid NOT NULL, state order_state NOT NULL, day date NOT NULL,
  version bigint NOT NULL);
CREATE TABLE order_line (
  order_id bigint, line_no int, sku text NOT NULL, pieces int NOT NULL,
  PRIMARY KEY (order_id, line_no));
CREATE TABLE shipment (order_id bigint PRIMARY KEY, carrier text NOT NULL, sent_at timestamptz);
CREATE TABLE review (
  id bigint PRIMARY KEY, sku text NOT NULL, customer_id uuid NOT NULL, stars int NOT NULL,
  words text);
CREATE INDEX product_category ON product (category_id);
CREATE INDEX stock_sku ON stock (sku);
CREATE INDEX address_customer ON address (customer_id);
CREATE INDEX orders_customer ON orders (customer_id);
CREATE INDEX orders_day ON orders (day);
CREATE INDEX order_line_sku ON order_line (sku);
CREATE INDEX review_sku ON review (sku);

INSERT INTO tenant VALUES (1, 'north', 'no'), (2, 'south', 'so');
INSERT INTO category SELECT n, nullif(n / 10, 0), 'category ' || n FROM generate_series(1, 50) AS n;
INSERT INTO product
  SELECT 'sku-' || n, 1 + n % 50, 'product ' || n, n FROM generate_series(1, 20000) AS n;
INSERT INTO price SELECT 1 + n % 2, 'sku-' || n, n / 100.0 FROM generate_series(1, 20000) AS n;
INSERT INTO warehouse VALUES (1, 'Oslo'), (2, 'Rome');
INSERT INTO stock SELECT 1 + n % 2, 'sku-' || n, n % 7 FROM generate_series(1, 20000) AS n;
INSERT INTO customer
  SELECT md5(n::text)::uuid, 'customer ' || n, n || '@example.org' FROM generate_series(1, 20000) AS n;
INSERT INTO address
  SELECT n, md5(n::text)::uuid, 'street ' || n, 'Oslo' FROM generate_series(1, 20000) AS n;
INSERT INTO orders
  SELECT n, md5(n::text)::uuid, 'open', DATE '2026-01-01' + n % 300, n
  FROM generate_series(1, 20000) AS n;
INSERT INTO order_line
  SELECT 1 + n / 3, n % 3, 'sku-' || n, 1 FROM generate_series(0, 19999) AS n;
INSERT INTO shipment SELECT n, 'post', NULL FROM generate_series(1, 20000) AS n;
INSERT INTO review
  SELECT n, 'sku-' || n, md5(n::text)::uuid, 5, 'good' FROM generate_series(1, 20000) AS n;
ANALYZE;
