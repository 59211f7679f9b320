{{> activate}}
