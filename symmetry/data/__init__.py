"""Tables that the package ships."""
