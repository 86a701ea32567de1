"""Running citedesk: local services, dashboards, Kubernetes manifests."""
