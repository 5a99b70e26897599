/* Shared inside the room only. */
#ifndef PROFILE_INT_H
#define PROFILE_INT_H

#include "profile/profile.h"

/* The words of each enum, NULL-ended; position is the enum's value. */
extern const char *const category_names[],
	*const use_names[],
		*const type_names[],
			*const check_names[],
				*const delivery_names[],
					*const schedule_names[],
						*const encoding_names[],
							*const severity_names[],
								*const hold_names[],
									*const hides_names[],
										*const importance_names[],
											*const capability_names[];

bool name_parse(const char *const *names, struct text written, int *out);

#endif
