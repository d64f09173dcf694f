//go:build unix

package browser

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// apart starts the browser in a process group of its own: Ctrl-C at a terminal
// goes to the program alone, which then ends the browser and tidies up after it.
func apart(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// end asks a browser with all that it started to end.
func end(p *os.Process) error { return signal(p, syscall.SIGTERM) }

// sweep ends what a browser that is gone has left running.
func sweep(p *os.Process) { _ = signal(p, syscall.SIGKILL) }

func signal(p *os.Process, s syscall.Signal) error {
	if err := syscall.Kill(-p.Pid, s); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// give has the browser inherit the two ends of the pipe, as the file
// descriptors that it looks for.
func give(cmd *exec.Cmd, in, out *os.File) error {
	cmd.ExtraFiles = []*os.File{in, out} // 3 and 4
	cmd.Args = append(cmd.Args, "--remote-debugging-pipe")
	return nil
}
