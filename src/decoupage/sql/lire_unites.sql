-- Units of a maille that answer a question of /geo, as the JSON that is sent: objects joined by commas, or null when
-- there is none. Planned for its values (it is not kept prepared), so that what is not asked for costs nothing.
-- $1 edition, $2 maille, $3 what each object says, $4 the geometry of features (centre, contour or bbox; null for
-- bare objects), $5 name or null, $6 whether names that look like it answer, or those that
-- have its words, $7 whether scores grow with population, $8 codes or null, $9 post code, $10 siren, $11 EPCI,
-- $12 département, $13 région, $14 zones (metro, drom, com; null for all), $15 how many or null.
with
  -- The name as names are compared, its longest word, for the index, and each as what begins a word.
  demandee as materialized (
    select c.cle,
      (select '%' || m || '%' from unnest(c.mots) m order by length(m) desc limit 1) as plus_long,
      array(select '% ' || m || '%' from unnest(c.mots) m) as debuts
    from (select cle_recherche($5) as cle, string_to_array(cle_recherche($5), ' ') as mots) c
  ),
  -- Best names first, the most populated of those that are alike; without name, in the order of codes.
  trouvees as (
    select u.*, z.zone, case when $5::text is not null then u.population end as poids,
      case when $5::text is not null then round((
        similarity(u.cle, (select cle from demandee))
          * case when $7 then 1 + coalesce(u.population, 0) / 100000.0 else 1 end)::numeric, 4)
      end as score
    from territoire u
    -- A commune is of the zone of its département, an EPCI of that of the first of its own.
    cross join lateral (
      select case
        when $2::maille = 'region' then case when u.code < '10' then 'drom' else 'metro' end
        else
          case coalesce(substring(
            case $2::maille
              when 'commune' then u.departement
              when 'epci' then (
                select min(c.departement) from territoire c
                where c.edition = $1 and c.maille = 'commune' and c.epci = u.code)
              else u.code
            end
            from '^9[78].'), '')
            when '' then 'metro'
            when '971' then 'drom'
            when '972' then 'drom'
            when '973' then 'drom'
            when '974' then 'drom'
            when '976' then 'drom'
            else 'com'
          end
      end as zone
    ) z
    where u.edition = $1 and u.maille = $2::maille
      and ($5::text is null or $6 or u.cle like (select plus_long from demandee)
        and ' ' || u.cle like all ((select debuts from demandee)::text[]))
      -- Near enough to be the same name, spelt otherwise.
      and ($5::text is null or not $6 or u.cle % (select cle from demandee)
        and similarity(u.cle, (select cle from demandee)) >= 0.45)
      and ($8::text[] is null or u.code = any ($8))
      and ($9::text is null or u.codes_postaux @> array[$9])
      and ($10::text is null or u.siren = $10)
      and ($11::text is null or u.epci = $11)
      and ($12::text is null or u.departement = $12 or $2::maille = 'epci' and exists (
        select from territoire c
        where c.edition = $1 and c.maille = 'commune' and c.epci = u.code and c.departement = $12))
      and ($13::text is null or u.region = $13 or $2::maille = 'epci' and exists (
        select from territoire c
        where c.edition = $1 and c.maille = 'commune' and c.epci = u.code and c.region = $13))
      and ($14::text[] is null or z.zone = any ($14))
    order by score desc, poids desc nulls last, u.code
    limit $15
  ),
  -- What each says, where it is known. Contours of communes are those that were read; those of what communes make
  -- up, those drawn for the finest zooms.
  decrites as (
    select u.score, u.poids, u.code,
      concat_ws(',',
        case when 'nom' = any ($3::text[]) then '"nom":' || to_json(u.nom) end,
        case when 'code' = any ($3::text[]) then '"code":' || to_json(u.code) end,
        case when '_score' = any ($3::text[]) then '"_score":' || trim_scale(u.score) end,
        case when 'type' = any ($3::text[]) then '"type":' || to_json(case
          when $2::maille = 'commune' then 'commune-actuelle'
          when u.nature = 'ME' then case u.code when '200046977' then 'MET69' else 'METRO' end
          else u.nature
        end) end,
        case when 'zone' = any ($3::text[]) then '"zone":' || to_json(u.zone) end,
        case when 'codeDepartement' = any ($3::text[]) then '"codeDepartement":' || to_json(u.departement) end,
        case when 'siren' = any ($3::text[]) then '"siren":' || to_json(u.siren) end,
        case when 'codeEpci' = any ($3::text[]) then '"codeEpci":' || to_json(u.epci) end,
        case when 'codeRegion' = any ($3::text[]) then '"codeRegion":' || to_json(u.region) end,
        case when 'codesPostaux' = any ($3::text[]) then '"codesPostaux":' || to_json(u.codes_postaux) end,
        case when 'codesDepartements' = any ($3::text[]) then '"codesDepartements":' || to_json(array(
          select distinct c.departement from territoire c
          where c.edition = $1 and c.maille = 'commune' and c.epci = u.code order by 1)) end,
        case when 'codesRegions' = any ($3::text[]) then '"codesRegions":' || to_json(array(
          select distinct c.region from territoire c
          where c.edition = $1 and c.maille = 'commune' and c.epci = u.code order by 1)) end,
        case when 'population' = any ($3::text[]) then '"population":' || u.population end,
        case when 'surface' = any ($3::text[]) then
          '"surface":' || trim_scale(round((st_area(g.contour::geography) / 10000)::numeric, 2)) end,
        case when 'centre' = any ($3::text[]) then '"centre":' || st_asgeojson(g.centre, 4) end,
        case when 'bbox' = any ($3::text[]) then '"bbox":' || st_asgeojson(g.bbox, 6) end,
        case when 'contour' = any ($3::text[]) then '"contour":' || st_asgeojson(g.contour, 6) end,
        case when 'epci' = any ($3::text[]) then '"epci":' || (
          select format('{"code":%s,"nom":%s}', to_json(p.code), to_json(p.nom)) from territoire p
          where p.edition = $1 and p.maille = 'epci' and p.code = u.epci) end,
        case when 'departement' = any ($3::text[]) then '"departement":' || (
          select format('{"code":%s,"nom":%s}', to_json(p.code), to_json(p.nom)) from territoire p
          where p.edition = $1 and p.maille = 'departement' and p.code = u.departement) end,
        case when 'region' = any ($3::text[]) then '"region":' || (
          select format('{"code":%s,"nom":%s}', to_json(p.code), to_json(p.nom)) from territoire p
          where p.edition = $1 and p.maille = 'region' and p.code = u.region) end
      ) as proprietes,
      case $4::text when 'centre' then st_asgeojson(g.centre, 4) when 'bbox' then st_asgeojson(g.bbox, 6)
        when 'contour' then st_asgeojson(g.contour, 6) end as geometrie
    from trouvees u
    cross join lateral (
      select
        st_transform(u.point, 4326) as centre,
        st_forcepolygonccw(
          st_makeenvelope(u.emprise[1], u.emprise[2], u.emprise[3], u.emprise[4], 4326)) as bbox,
        case when $3::text[] && array['surface', 'contour'] or $4::text = 'contour' then (
          select st_forcepolygonccw(
            case when st_numgeometries(f.forme) = 1 then st_geometryn(f.forme, 1) else f.forme end)
          from (
            select coalesce(
              (select s.contour from contour_source s
               where s.edition = $1 and $2::maille = 'commune' and s.code = u.code),
              (select st_transform(s.contour, 4326) from contour s
               where s.edition = $1 and s.bande = bande(14) and s.maille = $2::maille and s.code = u.code)) as forme
            offset 0) f)
        end as contour
      -- One contour for all that is made of it.
      offset 0
    ) g
  )
select string_agg(
    case
      when $4::text is null then '{' || proprietes || '}'
      else format('{"type":"Feature","properties":{%s},"geometry":%s}', proprietes, coalesce(geometrie, 'null'))
    end,
    ',' order by score desc, poids desc nulls last, code)
from decrites
