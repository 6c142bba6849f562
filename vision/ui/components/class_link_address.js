(_box, ...values) => [location.origin + location.pathname, ...values]
