#include <stdio.h>

int main(void)
{
	puts("oneview 0.1.0");
	return 0;
}
