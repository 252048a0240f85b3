-- The views that are collections, with their columns in order; types as PostgreSQL names them.
select v.relname as nom, obj_description(v.oid) as description,
  array_agg(a.attname::text order by a.attnum) as champs,
  array_agg(coalesce(col_description(v.oid, a.attnum), a.attname) order by a.attnum) as libelles,
  array_agg(format_type(a.atttypid, a.atttypmod) order by a.attnum) as genres
from pg_class v
join pg_attribute a on a.attrelid = v.oid and a.attnum > 0 and not a.attisdropped
where v.relnamespace = 'diffusion_1'::regnamespace and v.relkind = 'v' and obj_description(v.oid) is not null
group by v.oid, v.relname
order by v.relname
