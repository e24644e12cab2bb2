dist_man_MANS = man/berth.8 man/berth-config.5
