typedef int service_empty_unit;
