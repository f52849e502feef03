// Preloaded into a host program: host names of a test, with addresses in the order in which a DNS server and the rules
// of RFC 6724 would bring them. TEST_NAMES is `name=address,address;name=address`.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

typedef int (*lookup_function)(const char *, const char *, const struct addrinfo *, struct addrinfo **);

static int find_all(lookup_function look_up, char *addresses, const struct addrinfo *hints, struct addrinfo **found) {
  struct addrinfo numeric = {.ai_socktype = hints->ai_socktype, .ai_flags = AI_NUMERICHOST};
  char *rest = NULL;
  for (char *one = strtok_r(addresses, ",", &rest); one != NULL; one = strtok_r(NULL, ",", &rest)) {
    if (look_up(one, NULL, &numeric, found) != 0)
      abort();
    found = &(*found)->ai_next;
  }
  return 0;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints, struct addrinfo **found) {
  const lookup_function look_up = (lookup_function) dlsym(RTLD_NEXT, "getaddrinfo");
  char names[1024];
  strncpy(names, getenv("TEST_NAMES"), sizeof(names) - 1);
  names[sizeof(names) - 1] = '\0';
  char *rest = NULL;
  for (char *entry = strtok_r(names, ";", &rest); entry != NULL; entry = strtok_r(NULL, ";", &rest)) {
    char *addresses = strchr(entry, '=');
    *addresses++ = '\0';
    if (strcmp(entry, host) == 0)
      return find_all(look_up, addresses, hints, found);
  }
  return look_up(host, service, hints, found);
}
