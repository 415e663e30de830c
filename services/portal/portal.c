#include "portal.h"

#include <time.h>

const struct http_route portal_routes[] = {
    {"GET", "/", page_index},
    {"GET", "/app.js", page_script},
    {"GET", "/words.js", page_words},
    {"GET", "/style.css", page_style},
    {"GET", "/icon.svg", page_icon},
    {"GET", "/healthz", read_health},
    {"POST", "/api/v1/login", login_handle},
    {"POST", "/api/v1/logout", logout_handle},
    {"GET", "/api/v1/dumps", read_dumps},
    {"GET", "/api/v1/dumps/{}", read_dump},
    {"GET", "/api/v1/dumps/{}/sightings", read_sightings},
    {"GET", "/api/v1/dumps/{}/attribution", read_attribution},
    {NULL, NULL, NULL},
};

int64_t portal_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
