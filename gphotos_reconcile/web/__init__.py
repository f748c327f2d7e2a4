"""The local review page: routes and pages. Imports anything below."""
