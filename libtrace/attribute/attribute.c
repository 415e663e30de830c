typedef int dye_empty_unit; /* to come */
