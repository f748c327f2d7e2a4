"""Google's APIs: sign-in, calls, quotas; the only place that speaks HTTP. Imports core."""
