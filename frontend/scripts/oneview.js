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
