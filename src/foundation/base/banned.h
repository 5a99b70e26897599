/* Calls that cannot be used safely become compile errors.  Force-included into
 * every file by the build, after the style of git's banned.h. */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#pragma GCC poison strcpy strcat sprintf vsprintf strtok gets atoi atol atoll atof strncpy strncat

#endif
