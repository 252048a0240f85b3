create temporary table calcul (
  indicateur text not null, periode text not null, code text not null, valeur double precision)
on commit drop
