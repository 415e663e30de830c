dye_layer(scan
  USES decode index ident text
  SOURCES scan.c masks.c masks_x86.c unwrap.c wide.c)
