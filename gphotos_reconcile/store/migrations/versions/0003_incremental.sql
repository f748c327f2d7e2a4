CREATE TABLE search_row (
  item_id INTEGER NOT NULL,
  side TEXT NOT NULL,
  facts BLOB NOT NULL,
  CONSTRAINT pk_search_row PRIMARY KEY (item_id)
);
CREATE TABLE wider_look (
  item_id INTEGER NOT NULL,
  turned BLOB,
  correlated TEXT,
  CONSTRAINT pk_wider_look PRIMARY KEY (item_id)
);
CREATE TABLE touched (
  item_id INTEGER NOT NULL,
  CONSTRAINT pk_touched PRIMARY KEY (item_id)
);
INSERT INTO touched SELECT item_id FROM item;
