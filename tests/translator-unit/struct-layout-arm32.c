/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The layouts of linux/arm32/structs.h and ioctl_structs.h against the kernel's own headers: compiled for armhf, never run. Those of
 * sockets are in struct-layout-arm32-net.c. (The kernel's headers have no struct ustat.) */
#include <asm/ipcbuf.h>
#include <asm/msgbuf.h>
#include <asm/sembuf.h>
#include <asm/shmbuf.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/blkpg.h>
#include <linux/fcntl.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/hdreg.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <linux/ipc.h>
#include <linux/loop.h>
#include <linux/mqueue.h>
#include <linux/resource.h>
#include <linux/serial.h>
#include <linux/shm.h>
#include <linux/sysinfo.h>
#include <linux/time.h>
#include <linux/times.h>
#include <linux/timex.h>
#include <linux/types.h>
#include <linux/uio.h>
#include <scsi/sg.h>
#include "same-layout.h"
#include "linux/arm32/ioctl_structs.h"
#include "linux/arm32/structs.h"

SAME_SIZE(struct arm32_timespec, struct timespec);
SAME(struct arm32_timespec, sec, struct timespec, tv_sec);
SAME(struct arm32_timespec, nsec, struct timespec, tv_nsec);

SAME_SIZE(struct arm32_timeval, struct __kernel_old_timeval);
SAME(struct arm32_timeval, sec, struct __kernel_old_timeval, tv_sec);
SAME(struct arm32_timeval, usec, struct __kernel_old_timeval, tv_usec);

SAME_SIZE(struct arm32_itimerspec, struct itimerspec);
SAME_PLACE(struct arm32_itimerspec, interval, struct itimerspec, it_interval);
SAME_PLACE(struct arm32_itimerspec, value, struct itimerspec, it_value);

SAME_SIZE(struct arm32_itimerval, struct itimerval);
SAME_PLACE(struct arm32_itimerval, interval, struct itimerval, it_interval);
SAME_PLACE(struct arm32_itimerval, value, struct itimerval, it_value);

SAME_SIZE(struct arm32_timex, struct timex);
SAME(struct arm32_timex, modes, struct timex, modes);
SAME(struct arm32_timex, offset, struct timex, offset);
SAME(struct arm32_timex, freq, struct timex, freq);
SAME(struct arm32_timex, maxerror, struct timex, maxerror);
SAME(struct arm32_timex, esterror, struct timex, esterror);
SAME(struct arm32_timex, status, struct timex, status);
SAME(struct arm32_timex, constant, struct timex, constant);
SAME(struct arm32_timex, precision, struct timex, precision);
SAME(struct arm32_timex, tolerance, struct timex, tolerance);
SAME_PLACE(struct arm32_timex, time, struct timex, time);
SAME(struct arm32_timex, tick, struct timex, tick);
SAME(struct arm32_timex, ppsfreq, struct timex, ppsfreq);
SAME(struct arm32_timex, jitter, struct timex, jitter);
SAME(struct arm32_timex, shift, struct timex, shift);
SAME(struct arm32_timex, stabil, struct timex, stabil);
SAME(struct arm32_timex, jitcnt, struct timex, jitcnt);
SAME(struct arm32_timex, calcnt, struct timex, calcnt);
SAME(struct arm32_timex, errcnt, struct timex, errcnt);
SAME(struct arm32_timex, stbcnt, struct timex, stbcnt);
SAME(struct arm32_timex, tai, struct timex, tai);

SAME_SIZE(struct arm32_tms, struct tms);
SAME(struct arm32_tms, utime, struct tms, tms_utime);
SAME(struct arm32_tms, stime, struct tms, tms_stime);
SAME(struct arm32_tms, cutime, struct tms, tms_cutime);
SAME(struct arm32_tms, cstime, struct tms, tms_cstime);

SAME_SIZE(struct arm32_stat, struct stat);
SAME(struct arm32_stat, dev, struct stat, st_dev);
SAME(struct arm32_stat, ino, struct stat, st_ino);
SAME(struct arm32_stat, mode, struct stat, st_mode);
SAME(struct arm32_stat, nlink, struct stat, st_nlink);
SAME(struct arm32_stat, uid, struct stat, st_uid);
SAME(struct arm32_stat, gid, struct stat, st_gid);
SAME(struct arm32_stat, rdev, struct stat, st_rdev);
SAME(struct arm32_stat, size, struct stat, st_size);
SAME(struct arm32_stat, blksize, struct stat, st_blksize);
SAME(struct arm32_stat, blocks, struct stat, st_blocks);
SAME(struct arm32_stat, atime, struct stat, st_atime);
SAME(struct arm32_stat, atime_nsec, struct stat, st_atime_nsec);
SAME(struct arm32_stat, mtime, struct stat, st_mtime);
SAME(struct arm32_stat, mtime_nsec, struct stat, st_mtime_nsec);
SAME(struct arm32_stat, ctime, struct stat, st_ctime);
SAME(struct arm32_stat, ctime_nsec, struct stat, st_ctime_nsec);

SAME_SIZE(struct arm32_stat64, struct stat64);
SAME(struct arm32_stat64, dev, struct stat64, st_dev);
SAME(struct arm32_stat64, ino32, struct stat64, __st_ino);
SAME(struct arm32_stat64, mode, struct stat64, st_mode);
SAME(struct arm32_stat64, nlink, struct stat64, st_nlink);
SAME(struct arm32_stat64, uid, struct stat64, st_uid);
SAME(struct arm32_stat64, gid, struct stat64, st_gid);
SAME(struct arm32_stat64, rdev, struct stat64, st_rdev);
SAME(struct arm32_stat64, size, struct stat64, st_size);
SAME(struct arm32_stat64, blksize, struct stat64, st_blksize);
SAME(struct arm32_stat64, blocks, struct stat64, st_blocks);
SAME(struct arm32_stat64, atime, struct stat64, st_atime);
SAME(struct arm32_stat64, atime_nsec, struct stat64, st_atime_nsec);
SAME(struct arm32_stat64, mtime, struct stat64, st_mtime);
SAME(struct arm32_stat64, mtime_nsec, struct stat64, st_mtime_nsec);
SAME(struct arm32_stat64, ctime, struct stat64, st_ctime);
SAME(struct arm32_stat64, ctime_nsec, struct stat64, st_ctime_nsec);
SAME(struct arm32_stat64, ino, struct stat64, st_ino);

SAME_SIZE(struct arm32_statfs, struct statfs);
SAME(struct arm32_statfs, type, struct statfs, f_type);
SAME(struct arm32_statfs, bsize, struct statfs, f_bsize);
SAME(struct arm32_statfs, blocks, struct statfs, f_blocks);
SAME(struct arm32_statfs, bfree, struct statfs, f_bfree);
SAME(struct arm32_statfs, bavail, struct statfs, f_bavail);
SAME(struct arm32_statfs, files, struct statfs, f_files);
SAME(struct arm32_statfs, ffree, struct statfs, f_ffree);
SAME_PLACE(struct arm32_statfs, fsid, struct statfs, f_fsid);
SAME(struct arm32_statfs, namelen, struct statfs, f_namelen);
SAME(struct arm32_statfs, frsize, struct statfs, f_frsize);
SAME(struct arm32_statfs, flags, struct statfs, f_flags);

SAME_SIZE(struct arm32_statfs64, struct statfs64);
SAME(struct arm32_statfs64, type, struct statfs64, f_type);
SAME(struct arm32_statfs64, bsize, struct statfs64, f_bsize);
SAME(struct arm32_statfs64, blocks, struct statfs64, f_blocks);
SAME(struct arm32_statfs64, bfree, struct statfs64, f_bfree);
SAME(struct arm32_statfs64, bavail, struct statfs64, f_bavail);
SAME(struct arm32_statfs64, files, struct statfs64, f_files);
SAME(struct arm32_statfs64, ffree, struct statfs64, f_ffree);
SAME_PLACE(struct arm32_statfs64, fsid, struct statfs64, f_fsid);
SAME(struct arm32_statfs64, namelen, struct statfs64, f_namelen);
SAME(struct arm32_statfs64, frsize, struct statfs64, f_frsize);
SAME(struct arm32_statfs64, flags, struct statfs64, f_flags);

SAME_SIZE(struct arm32_flock, struct flock);
SAME(struct arm32_flock, type, struct flock, l_type);
SAME(struct arm32_flock, whence, struct flock, l_whence);
SAME(struct arm32_flock, start, struct flock, l_start);
SAME(struct arm32_flock, len, struct flock, l_len);
SAME(struct arm32_flock, pid, struct flock, l_pid);

SAME_SIZE(struct arm32_rusage, struct rusage);
SAME_PLACE(struct arm32_rusage, utime, struct rusage, ru_utime);
SAME_PLACE(struct arm32_rusage, stime, struct rusage, ru_stime);
SAME_PLACE(struct arm32_rusage, counts[0], struct rusage, ru_maxrss);
SAME_PLACE(struct arm32_rusage, counts[13], struct rusage, ru_nivcsw);

SAME_SIZE(struct arm32_rlimit, struct rlimit);
SAME(struct arm32_rlimit, cur, struct rlimit, rlim_cur);
SAME(struct arm32_rlimit, max, struct rlimit, rlim_max);

SAME_SIZE(struct arm32_sysinfo, struct sysinfo);
SAME(struct arm32_sysinfo, uptime, struct sysinfo, uptime);
SAME_PLACE(struct arm32_sysinfo, loads, struct sysinfo, loads);
SAME(struct arm32_sysinfo, totalram, struct sysinfo, totalram);
SAME(struct arm32_sysinfo, freeram, struct sysinfo, freeram);
SAME(struct arm32_sysinfo, sharedram, struct sysinfo, sharedram);
SAME(struct arm32_sysinfo, bufferram, struct sysinfo, bufferram);
SAME(struct arm32_sysinfo, totalswap, struct sysinfo, totalswap);
SAME(struct arm32_sysinfo, freeswap, struct sysinfo, freeswap);
SAME(struct arm32_sysinfo, procs, struct sysinfo, procs);
SAME(struct arm32_sysinfo, totalhigh, struct sysinfo, totalhigh);
SAME(struct arm32_sysinfo, freehigh, struct sysinfo, freehigh);
SAME(struct arm32_sysinfo, mem_unit, struct sysinfo, mem_unit);

SAME_SIZE(struct arm32_robust_list_head, struct robust_list_head);
SAME_PLACE(struct arm32_robust_list_head, next, struct robust_list_head, list.next);
SAME(struct arm32_robust_list_head, futex_offset, struct robust_list_head, futex_offset);
SAME_PLACE(struct arm32_robust_list_head, list_op_pending, struct robust_list_head, list_op_pending);

SAME_SIZE(struct arm32_old_sigaction, struct sigaction);
SAME_PLACE(struct arm32_old_sigaction, handler, struct sigaction, sa_handler);
SAME(struct arm32_old_sigaction, mask, struct sigaction, sa_mask);
SAME(struct arm32_old_sigaction, flags, struct sigaction, sa_flags);
SAME_PLACE(struct arm32_old_sigaction, restorer, struct sigaction, sa_restorer);

SAME_SIZE(struct arm32_stack, struct sigaltstack);
SAME_PLACE(struct arm32_stack, sp, struct sigaltstack, ss_sp);
SAME(struct arm32_stack, flags, struct sigaltstack, ss_flags);
SAME(struct arm32_stack, size, struct sigaltstack, ss_size);

SAME_SIZE(struct arm32_siginfo, struct siginfo);
SAME(struct arm32_siginfo, signo, struct siginfo, si_signo);
SAME(struct arm32_siginfo, err, struct siginfo, si_errno);
SAME(struct arm32_siginfo, code, struct siginfo, si_code);
SAME(struct arm32_siginfo, rt.pid, struct siginfo, si_pid);
SAME(struct arm32_siginfo, rt.uid, struct siginfo, si_uid);
SAME_PLACE(struct arm32_siginfo, rt.value, struct siginfo, si_value);
SAME(struct arm32_siginfo, timer.tid, struct siginfo, si_tid);
SAME(struct arm32_siginfo, timer.overrun, struct siginfo, si_overrun);
SAME_PLACE(struct arm32_siginfo, timer.value, struct siginfo, si_value);
SAME(struct arm32_siginfo, child.pid, struct siginfo, si_pid);
SAME(struct arm32_siginfo, child.uid, struct siginfo, si_uid);
SAME(struct arm32_siginfo, child.status, struct siginfo, si_status);
SAME(struct arm32_siginfo, child.utime, struct siginfo, si_utime);
SAME(struct arm32_siginfo, child.stime, struct siginfo, si_stime);
SAME_PLACE(struct arm32_siginfo, fault.addr, struct siginfo, si_addr);
SAME(struct arm32_siginfo, fault.addr_lsb, struct siginfo, si_addr_lsb);
SAME_PLACE(struct arm32_siginfo, fault.bound.lower, struct siginfo, si_lower);
SAME_PLACE(struct arm32_siginfo, fault.bound.upper, struct siginfo, si_upper);
SAME(struct arm32_siginfo, fault.key.pkey, struct siginfo, si_pkey);
SAME(struct arm32_siginfo, fault.perf.data, struct siginfo, si_perf_data);
SAME(struct arm32_siginfo, fault.perf.type, struct siginfo, si_perf_type);
SAME(struct arm32_siginfo, fault.perf.flags, struct siginfo, si_perf_flags);
SAME(struct arm32_siginfo, poll.band, struct siginfo, si_band);
SAME(struct arm32_siginfo, poll.fd, struct siginfo, si_fd);
SAME_PLACE(struct arm32_siginfo, sys.call_addr, struct siginfo, si_call_addr);
SAME(struct arm32_siginfo, sys.syscall, struct siginfo, si_syscall);
SAME(struct arm32_siginfo, sys.arch, struct siginfo, si_arch);

SAME_SIZE(struct arm32_sigevent, struct sigevent);
SAME_PLACE(struct arm32_sigevent, value, struct sigevent, sigev_value);
SAME(struct arm32_sigevent, signo, struct sigevent, sigev_signo);
SAME(struct arm32_sigevent, notify, struct sigevent, sigev_notify);
SAME(struct arm32_sigevent, tid, struct sigevent, _sigev_un._tid);

SAME_SIZE(struct arm32_iovec, struct iovec);
SAME_PLACE(struct arm32_iovec, base, struct iovec, iov_base);
SAME(struct arm32_iovec, len, struct iovec, iov_len);

SAME_SIZE(struct arm32_sock_fprog, struct sock_fprog);
SAME(struct arm32_sock_fprog, len, struct sock_fprog, len);
SAME_PLACE(struct arm32_sock_fprog, filter, struct sock_fprog, filter);

SAME_SIZE(struct arm32_ipc_perm, struct ipc64_perm);
SAME(struct arm32_ipc_perm, key, struct ipc64_perm, key);
SAME(struct arm32_ipc_perm, uid, struct ipc64_perm, uid);
SAME(struct arm32_ipc_perm, gid, struct ipc64_perm, gid);
SAME(struct arm32_ipc_perm, cuid, struct ipc64_perm, cuid);
SAME(struct arm32_ipc_perm, cgid, struct ipc64_perm, cgid);
SAME(struct arm32_ipc_perm, mode, struct ipc64_perm, mode);
SAME(struct arm32_ipc_perm, seq, struct ipc64_perm, seq);

SAME_SIZE(struct arm32_semid, struct semid64_ds);
SAME_PLACE(struct arm32_semid, perm, struct semid64_ds, sem_perm);
SAME(struct arm32_semid, otime, struct semid64_ds, sem_otime);
SAME(struct arm32_semid, otime_high, struct semid64_ds, sem_otime_high);
SAME(struct arm32_semid, ctime, struct semid64_ds, sem_ctime);
SAME(struct arm32_semid, ctime_high, struct semid64_ds, sem_ctime_high);
SAME(struct arm32_semid, nsems, struct semid64_ds, sem_nsems);

SAME_SIZE(struct arm32_msqid, struct msqid64_ds);
SAME_PLACE(struct arm32_msqid, perm, struct msqid64_ds, msg_perm);
SAME(struct arm32_msqid, stime, struct msqid64_ds, msg_stime);
SAME(struct arm32_msqid, stime_high, struct msqid64_ds, msg_stime_high);
SAME(struct arm32_msqid, rtime, struct msqid64_ds, msg_rtime);
SAME(struct arm32_msqid, rtime_high, struct msqid64_ds, msg_rtime_high);
SAME(struct arm32_msqid, ctime, struct msqid64_ds, msg_ctime);
SAME(struct arm32_msqid, ctime_high, struct msqid64_ds, msg_ctime_high);
SAME(struct arm32_msqid, cbytes, struct msqid64_ds, msg_cbytes);
SAME(struct arm32_msqid, qnum, struct msqid64_ds, msg_qnum);
SAME(struct arm32_msqid, qbytes, struct msqid64_ds, msg_qbytes);
SAME(struct arm32_msqid, lspid, struct msqid64_ds, msg_lspid);
SAME(struct arm32_msqid, lrpid, struct msqid64_ds, msg_lrpid);

SAME_SIZE(struct arm32_shmid, struct shmid64_ds);
SAME_PLACE(struct arm32_shmid, perm, struct shmid64_ds, shm_perm);
SAME(struct arm32_shmid, segsz, struct shmid64_ds, shm_segsz);
SAME(struct arm32_shmid, atime, struct shmid64_ds, shm_atime);
SAME(struct arm32_shmid, atime_high, struct shmid64_ds, shm_atime_high);
SAME(struct arm32_shmid, dtime, struct shmid64_ds, shm_dtime);
SAME(struct arm32_shmid, dtime_high, struct shmid64_ds, shm_dtime_high);
SAME(struct arm32_shmid, ctime, struct shmid64_ds, shm_ctime);
SAME(struct arm32_shmid, ctime_high, struct shmid64_ds, shm_ctime_high);
SAME(struct arm32_shmid, cpid, struct shmid64_ds, shm_cpid);
SAME(struct arm32_shmid, lpid, struct shmid64_ds, shm_lpid);
SAME(struct arm32_shmid, nattch, struct shmid64_ds, shm_nattch);

SAME_SIZE(struct arm32_shminfo, struct shminfo64);
SAME(struct arm32_shminfo, max, struct shminfo64, shmmax);
SAME(struct arm32_shminfo, min, struct shminfo64, shmmin);
SAME(struct arm32_shminfo, mni, struct shminfo64, shmmni);
SAME(struct arm32_shminfo, seg, struct shminfo64, shmseg);
SAME(struct arm32_shminfo, all, struct shminfo64, shmall);

SAME_SIZE(struct arm32_shm_info, struct shm_info);
SAME(struct arm32_shm_info, used_ids, struct shm_info, used_ids);
SAME(struct arm32_shm_info, tot, struct shm_info, shm_tot);
SAME(struct arm32_shm_info, rss, struct shm_info, shm_rss);
SAME(struct arm32_shm_info, swp, struct shm_info, shm_swp);
SAME(struct arm32_shm_info, swap_attempts, struct shm_info, swap_attempts);
SAME(struct arm32_shm_info, swap_successes, struct shm_info, swap_successes);

SAME_SIZE(struct arm32_mq_attr, struct mq_attr);
SAME(struct arm32_mq_attr, flags, struct mq_attr, mq_flags);
SAME(struct arm32_mq_attr, maxmsg, struct mq_attr, mq_maxmsg);
SAME(struct arm32_mq_attr, msgsize, struct mq_attr, mq_msgsize);
SAME(struct arm32_mq_attr, curmsgs, struct mq_attr, mq_curmsgs);

SAME_SIZE(struct arm32_blkpg, struct blkpg_ioctl_arg);
SAME(struct arm32_blkpg, op, struct blkpg_ioctl_arg, op);
SAME(struct arm32_blkpg, flags, struct blkpg_ioctl_arg, flags);
SAME(struct arm32_blkpg, datalen, struct blkpg_ioctl_arg, datalen);
SAME_PLACE(struct arm32_blkpg, data, struct blkpg_ioctl_arg, data);

SAME_SIZE(struct arm32_hd_geometry, struct hd_geometry);
SAME(struct arm32_hd_geometry, heads, struct hd_geometry, heads);
SAME(struct arm32_hd_geometry, sectors, struct hd_geometry, sectors);
SAME(struct arm32_hd_geometry, cylinders, struct hd_geometry, cylinders);
SAME(struct arm32_hd_geometry, start, struct hd_geometry, start);

SAME_SIZE(struct arm32_loop_info, struct loop_info);
SAME(struct arm32_loop_info, number, struct loop_info, lo_number);
SAME(struct arm32_loop_info, inode, struct loop_info, lo_inode);
SAME(struct arm32_loop_info, offset, struct loop_info, lo_offset);
SAME(struct arm32_loop_info, encrypt_type, struct loop_info, lo_encrypt_type);
SAME(struct arm32_loop_info, encrypt_key_size, struct loop_info, lo_encrypt_key_size);
SAME(struct arm32_loop_info, flags, struct loop_info, lo_flags);
SAME_PLACE(struct arm32_loop_info, name, struct loop_info, lo_name);
SAME_PLACE(struct arm32_loop_info, encrypt_key, struct loop_info, lo_encrypt_key);
SAME_PLACE(struct arm32_loop_info, init, struct loop_info, lo_init);
SAME_PLACE(struct arm32_loop_info, reserved, struct loop_info, reserved);

SAME_SIZE(struct arm32_sg_io_hdr, struct sg_io_hdr);
SAME(struct arm32_sg_io_hdr, interface_id, struct sg_io_hdr, interface_id);
SAME(struct arm32_sg_io_hdr, direction, struct sg_io_hdr, dxfer_direction);
SAME(struct arm32_sg_io_hdr, cmd_len, struct sg_io_hdr, cmd_len);
SAME(struct arm32_sg_io_hdr, mx_sb_len, struct sg_io_hdr, mx_sb_len);
SAME(struct arm32_sg_io_hdr, iovec_count, struct sg_io_hdr, iovec_count);
SAME(struct arm32_sg_io_hdr, dxfer_len, struct sg_io_hdr, dxfer_len);
SAME_PLACE(struct arm32_sg_io_hdr, dxferp, struct sg_io_hdr, dxferp);
SAME_PLACE(struct arm32_sg_io_hdr, cmdp, struct sg_io_hdr, cmdp);
SAME_PLACE(struct arm32_sg_io_hdr, sbp, struct sg_io_hdr, sbp);
SAME(struct arm32_sg_io_hdr, timeout, struct sg_io_hdr, timeout);
SAME(struct arm32_sg_io_hdr, flags, struct sg_io_hdr, flags);
SAME(struct arm32_sg_io_hdr, pack_id, struct sg_io_hdr, pack_id);
SAME_PLACE(struct arm32_sg_io_hdr, usr_ptr, struct sg_io_hdr, usr_ptr);
SAME(struct arm32_sg_io_hdr, resid, struct sg_io_hdr, resid);
SAME(struct arm32_sg_io_hdr, duration, struct sg_io_hdr, duration);
SAME(struct arm32_sg_io_hdr, info, struct sg_io_hdr, info);

SAME_SIZE(struct arm32_serial, struct serial_struct);
SAME_PLACE(struct arm32_serial, iomem_base, struct serial_struct, iomem_base);
SAME(struct arm32_serial, iomem_reg_shift, struct serial_struct, iomem_reg_shift);
SAME(struct arm32_serial, port_high, struct serial_struct, port_high);
SAME(struct arm32_serial, iomap_base, struct serial_struct, iomap_base);

SAME_SIZE(struct arm32_i2c_msg, struct i2c_msg);
SAME(struct arm32_i2c_msg, addr, struct i2c_msg, addr);
SAME(struct arm32_i2c_msg, flags, struct i2c_msg, flags);
SAME(struct arm32_i2c_msg, len, struct i2c_msg, len);
SAME_PLACE(struct arm32_i2c_msg, buf, struct i2c_msg, buf);

SAME_SIZE(struct arm32_i2c_rdwr, struct i2c_rdwr_ioctl_data);
SAME_PLACE(struct arm32_i2c_rdwr, msgs, struct i2c_rdwr_ioctl_data, msgs);
SAME(struct arm32_i2c_rdwr, nmsgs, struct i2c_rdwr_ioctl_data, nmsgs);

SAME_SIZE(struct arm32_i2c_smbus, struct i2c_smbus_ioctl_data);
SAME(struct arm32_i2c_smbus, read_write, struct i2c_smbus_ioctl_data, read_write);
SAME(struct arm32_i2c_smbus, command, struct i2c_smbus_ioctl_data, command);
SAME(struct arm32_i2c_smbus, size, struct i2c_smbus_ioctl_data, size);
SAME_PLACE(struct arm32_i2c_smbus, data, struct i2c_smbus_ioctl_data, data);
