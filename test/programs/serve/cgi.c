// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// A command in the manner of CGI: prints its variables and its input. /waitMS waits first, /hello says that
// alone, /big writes fields and a large body at once.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

extern char **environ;

int main(void) {
  const char *path = getenv("PATH_INFO");
  if (path && strncmp(path, "/wait", 5) == 0)
    usleep(1000 * (unsigned)atoi(path + 5));
  if (path && (strcmp(path, "/hello") == 0 || strncmp(path, "/wait", 5) == 0))
    return printf("Content-Type: text/plain\r\nContent-Length: 6\r\n\r\nhello\n") < 0;
  if (path && strcmp(path, "/big") == 0) {
    static const char fields[] = "Content-Type: text/plain\n\n";
    static char text[sizeof(fields) - 1 + 400000];
    memset(text, 'x', sizeof(text));
    memcpy(text, fields, sizeof(fields) - 1);
    return write(1, text, sizeof(text)) != sizeof(text);
  }
  const char *query = getenv("QUERY_STRING");
  if (query && strcmp(query, "bad") == 0)
    return puts("no field") == EOF;
  printf("Status: 201 Created\r\nContent-Type: text/plain\r\n\r\n");
  for (char **variable = environ; *variable; ++variable)
    puts(*variable);
  char body[1024];
  const size_t bytes = fread(body, 1, sizeof(body), stdin);
  printf("body: %.*s\n", (int)bytes, body);
  return 0;
}
