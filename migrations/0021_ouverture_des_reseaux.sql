-- Sites that a réseau lets show its map in a frame, and whose pages may read its answers: beside those that the
-- settings of the service name for everything.
alter table reseau
  add column cadres text[] not null default '{}',
  add column origines text[] not null default '{}';
