package browser

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
)

// apart starts the browser in a process group of its own: Ctrl-C at a console
// goes to the program alone, which then ends the browser and tidies up after it.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// end ends a browser; Windows knows no asking. Its children end with it.
func end(p *os.Process) error { return p.Kill() }

func sweep(*os.Process) {}

// give has the browser inherit the two ends of the pipe, and tells it which
// handles they are.
func give(cmd *exec.Cmd, in, out *os.File) error {
	for _, f := range []*os.File{in, out} {
		handle := syscall.Handle(f.Fd())
		if err := syscall.SetHandleInformation(handle, syscall.HANDLE_FLAG_INHERIT, syscall.HANDLE_FLAG_INHERIT); err != nil {
			return err
		}
		cmd.SysProcAttr.AdditionalInheritedHandles = append(cmd.SysProcAttr.AdditionalInheritedHandles, handle)
	}
	cmd.Args = append(cmd.Args, "--remote-debugging-pipe", fmt.Sprintf("--remote-debugging-io-pipes=%d,%d", in.Fd(), out.Fd()))
	return nil
}
