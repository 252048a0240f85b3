-- Units of one maille ($1) of one edition ($2).
select u.* from diffusion_1.unites u where u.sorte = $1 and u.edition = $2
