dye_layer(canary
  USES ident
  LIBS PkgConfig::OPENSSL
  SOURCES calendar.c persona.c person_name.c name_table.c home_address.c occupation.c local_part.c resident.c household.c
    sector.c record.c record_fhir.c record_hl7.c record_sql.c stamp.c surname.c variant.c planner.c code.c counts.c
    profile.c profile_follow.c profile_learner.c profile_columns.c profile_date.c
    profile_draw.c profile_grouping.c profile_parents.c profile_parts.c profile_row.c profile_sector.c profile_symbol.c)
