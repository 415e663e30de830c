dye_layer(scan
  USES decode index ident text
  SOURCES scan.c masks.c masks_x86.c census.c cell.c column_name.c day.c ideograph.c prose.c tally.c unwrap.c wide.c written.c)
