package ephemeral

// Kind of the functionConfig.
const Kind = "EphemeralStorage"

// Spec is for every container of the list.
type Spec struct {
	Logs Logs `json:"logs"`
}

// Logs that the kubelet keeps of a container on its node, as quantities.
type Logs struct {
	// Request is what they usually take, Limit what they may take.
	Request string `json:"request"`
	Limit   string `json:"limit"`
}
