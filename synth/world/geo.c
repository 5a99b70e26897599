/* British National Grid to latitude and longitude (WGS 84), to about 5 metres: the
 * transverse Mercator inverse and the Helmert transformation of "A Guide to Coordinate
 * Systems in Great Britain" (Ordnance Survey), annexes B and C. */
#include "world_int.h"

#include <math.h>

struct ellipsoid {
	double a, b;
};

static const struct ellipsoid airy = {6377563.396, 6356256.909};
static const struct ellipsoid wgs84 = {6378137.000, 6356752.3141};
static const double scale_f0 = 0.9996012717;
static const double latitude_0 = 49.0 * M_PI / 180, longitude_0 = -2.0 * M_PI / 180;
static const double easting_0 = 400000, northing_0 = -100000;

static double meridional_arc(double latitude)
{
	double n = (airy.a - airy.b) / (airy.a + airy.b), n2 = n * n, n3 = n2 * n;
	double d = latitude - latitude_0, s = latitude + latitude_0;
	return airy.b * scale_f0 *
	       ((1 + n + 1.25 * n2 + 1.25 * n3) * d - (3 * n + 3 * n2 + 2.625 * n3) * sin(d) * cos(s) +
		(1.875 * n2 + 1.875 * n3) * sin(2 * d) * cos(2 * s) - (35.0 / 24.0) * n3 * sin(3 * d) * cos(3 * s));
}

static void grid_to_airy(double easting, double northing, double *latitude, double *longitude)
{
	double phi = latitude_0, arc = 0;
	do {
		phi += (northing - northing_0 - arc) / (airy.a * scale_f0);
		arc = meridional_arc(phi);
	} while (fabs(northing - northing_0 - arc) >= 1e-5);
	double e2 = (airy.a * airy.a - airy.b * airy.b) / (airy.a * airy.a);
	double sin_phi = sin(phi), tan_phi = tan(phi), sec_phi = 1 / cos(phi), w = 1 - e2 * sin_phi * sin_phi;
	double nu = airy.a * scale_f0 / sqrt(w), rho = airy.a * scale_f0 * (1 - e2) / (w * sqrt(w));
	double eta2 = nu / rho - 1, t2 = tan_phi * tan_phi, t4 = t2 * t2;
	double d = easting - easting_0, d2 = d * d, nu3 = nu * nu * nu, nu5 = nu3 * nu * nu;
	*latitude = phi - tan_phi / (2 * rho * nu) * d2 +
		    tan_phi / (24 * rho * nu3) * (5 + 3 * t2 + eta2 - 9 * t2 * eta2) * d2 * d2 -
		    tan_phi / (720 * rho * nu5) * (61 + 90 * t2 + 45 * t4) * d2 * d2 * d2;
	*longitude = longitude_0 + sec_phi / nu * d - sec_phi / (6 * nu3) * (nu / rho + 2 * t2) * d2 * d +
		     sec_phi / (120 * nu5) * (5 + 28 * t2 + 24 * t4) * d2 * d2 * d;
}

void geo_to_latitude(double easting, double northing, double *latitude, double *longitude)
{
	double phi, lambda;
	grid_to_airy(easting, northing, &phi, &lambda);
	double e2 = (airy.a * airy.a - airy.b * airy.b) / (airy.a * airy.a);
	double nu = airy.a / sqrt(1 - e2 * sin(phi) * sin(phi));
	double x = nu * cos(phi) * cos(lambda), y = nu * cos(phi) * sin(lambda), z = nu * (1 - e2) * sin(phi);
	double second = M_PI / (180 * 3600), rx = 0.1502 * second, ry = 0.2470 * second, rz = 0.8421 * second;
	double s = 1 - 20.4894e-6;
	double x2 = 446.448 + s * x - rz * y + ry * z, y2 = -125.157 + rz * x + s * y - rx * z,
	       z2 = 542.060 - ry * x + rx * y + s * z;
	double f2 = (wgs84.a * wgs84.a - wgs84.b * wgs84.b) / (wgs84.a * wgs84.a), p = sqrt(x2 * x2 + y2 * y2);
	double lat = atan2(z2, p * (1 - f2));
	for (int i = 0; i < 6; i++) {
		double nu2 = wgs84.a / sqrt(1 - f2 * sin(lat) * sin(lat));
		lat = atan2(z2 + f2 * nu2 * sin(lat), p);
	}
	*latitude = lat * 180 / M_PI;
	*longitude = atan2(y2, x2) * 180 / M_PI;
}
