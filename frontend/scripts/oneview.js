// Improvements for browsers with JavaScript; every page works without.
import { Button, CharacterCount, ErrorSummary, NotificationBanner, PasswordInput, ServiceNavigation, SkipLink } from "govuk-frontend";

document.body.classList.add("js-enabled");
if ("noModule" in HTMLScriptElement.prototype) document.body.classList.add("govuk-frontend-supported");

const components = [
  ["govuk-button", Button, { preventDoubleClick: true }],
  ["govuk-character-count", CharacterCount],
  ["govuk-error-summary", ErrorSummary],
  ["govuk-notification-banner", NotificationBanner],
  ["govuk-password-input", PasswordInput],
  ["govuk-service-navigation", ServiceNavigation],
  ["govuk-skip-link", SkipLink],
];

for (const [name, Component, settings] of components) {
  for (const element of document.querySelectorAll(`[data-module="${name}"]`)) {
    try {
      new Component(element, settings);
    } catch {
      // the plain HTML stays
    }
  }
}

// A filter that changes is applied at once.
for (const form of document.querySelectorAll("form[data-submit-on-change]")) {
  form.addEventListener("change", (event) => {
    if (event.target.matches("select")) form.requestSubmit();
  });
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

// A day may be chosen by sliding as well as by writing.
for (const place of document.querySelectorAll("[data-day-slider]")) {
  const field = document.getElementById(place.dataset.daySlider);
  const day = (iso) => Math.round(Date.parse(iso) / 86400000);
  const iso = (days) => new Date(days * 86400000).toISOString().slice(0, 10);
  const first = day(place.dataset.first);
  const last = day(place.dataset.last);
  if (!field || !(first < last)) continue;
  const label = document.createElement("label");
  const slider = document.createElement("input");
  label.className = "govuk-label";
  label.htmlFor = slider.id = `${field.id}-slider`;
  label.textContent = "Or slide to a day";
  Object.assign(slider, { type: "range", className: "ov-slider", min: first, max: last, value: field.value ? day(field.value) : last });
  slider.setAttribute("aria-valuetext", iso(slider.valueAsNumber));
  slider.addEventListener("input", () => {
    field.value = iso(slider.valueAsNumber);
    slider.setAttribute("aria-valuetext", field.value);
  });
  slider.addEventListener("change", () => field.form.requestSubmit());
  place.append(label, slider);
  place.hidden = false;
}
