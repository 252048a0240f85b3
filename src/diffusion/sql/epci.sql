-- EPCI of one edition ($1).
select u.* from diffusion_1.unites_epci u where u.edition = $1
