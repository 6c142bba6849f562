(place, _box, ...values) => [`${location.origin}${location.pathname}#${place}`, ...values]
