package images

// Codes of findings about images and registries.
const (
	codeRefused = "WO636" // a registry does not say what an image is
	codeMoved   = "WO637" // the lock file is not what registries say now
	codeGone    = "WO638" // an image that has gone from its registry
)
