package rules

import "fmt"

// leastLimit of a container's memory: CRI-O's container_min_memory. Others take
// less, and nothing starts in it.
const leastLimit = 12 << 20

// resources compares what each pod asks for with what it may have.
func (c *checker) resources() {
	for _, name := range c.standing() {
		d := c.demandOf(name)
		if d.field == "" {
			continue
		}
		if size(d.Limits.Memory) < leastLimit {
			c.fail("WO240", c.written(d.field+".limits.memory"),
				fmt.Sprintf("%s.limits.memory is %q, less than 12 MiB: container runtimes refuse the pod, or the kernel kills it as it starts", d.field, d.Limits.Memory),
				"write a real size, or leave it out")
			continue
		}
		c.request(name, d, "memory", d.Requests.Memory, d.Limits.Memory, size(d.Requests.Memory) > size(d.Limits.Memory))
		if d.Limits.CPU != "" {
			c.request(name, d, "cpu", d.Requests.CPU, d.Limits.CPU, milli(d.Requests.CPU) > milli(d.Limits.CPU))
		}
	}
}

func (c *checker) request(component string, d demand, what, request, limit string, above bool) {
	if !above {
		return
	}
	asked, allowed := d.field+".requests."+what, d.field+".limits."+what
	c.fail("WO239", c.written(allowed, asked),
		fmt.Sprintf("%s is above %s: the API server refuses pods of %s", c.show(asked, request), c.show(allowed, limit), component),
		fmt.Sprintf("write %s or less, or %s or more", cue(asked, limit), cue(allowed, request)))
}

// heaps adds up JVMs: the kernel kills a pod that passes its memory limit, and
// it does so when the heap is full, not when the pod starts.
func (c *checker) heaps() {
	for _, name := range c.Components() {
		jvm := c.Catalog.Components[name].Heap
		if jvm == nil {
			continue
		}
		field, heap := jvm.Field, c.Heap(name)
		d := c.demandOf(name)
		limit, request := size(d.Limits.Memory), size(d.Requests.Memory)
		overhead := size(jvm.Overhead)
		if size(heap) < 1<<20 {
			c.fail("WO240", field,
				fmt.Sprintf("%s is %q, less than 1 MiB: no JVM starts with it", field, heap),
				fmt.Sprintf("write %s, or leave it out", cue(field, memory(max(limit-overhead, 1<<28)))))
			continue
		}
		// A limit below the request or below all sense was one mistake already.
		if limit < leastLimit || request > limit || size(heap)+overhead <= limit {
			continue
		}
		help := fmt.Sprintf("write %s or more", cue(d.field+".limits.memory", memory(size(heap)+overhead+1<<20-1)))
		if limit > overhead {
			help += fmt.Sprintf(", or %s or less", cue(field, memory(limit-overhead)))
		}
		c.fail("WO238", c.written(field, d.field+".limits.memory"),
			fmt.Sprintf("%s and %s for the rest of the JVM are more than %s: the pod is killed once its heap fills up, which is under load",
				c.show(field, heap), memory(overhead), c.show(d.field+".limits.memory", d.Limits.Memory)), help)
	}
}
